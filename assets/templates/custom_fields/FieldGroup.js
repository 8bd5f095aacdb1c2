// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

// A nested custom field in the deposit form: an object, or a list of objects where
// `addLabel` is given. The parts come from the field's configuration.

import PropTypes from "prop-types";
import React from "react";
import {
  ArrayField,
  FieldLabel,
  MultiInput,
  SelectField,
  TextField,
  showHideOverridableWithDynamicId,
} from "react-invenio-forms";
import { Button, Form, Icon } from "semantic-ui-react";

const partShape = PropTypes.shape({
  name: PropTypes.string.isRequired,
  label: PropTypes.string.isRequired,
  width: PropTypes.number.isRequired,
  kind: PropTypes.oneOf(["text", "number", "numbers", "select"]).isRequired,
  placeholder: PropTypes.string,
  required: PropTypes.bool,
  options: PropTypes.arrayOf(PropTypes.object),
});

const Part = ({ fieldPath, part }) => {
  const { label, kind, placeholder, required } = part;
  const common = { fieldPath, placeholder, required };
  if (kind === "select") {
    return (
      <SelectField
        {...common}
        label={<FieldLabel htmlFor={fieldPath} label={label} />}
        aria-label={label}
        options={part.options.map(({ id, title_l10n: text }) => ({
          key: id,
          value: id,
          text,
        }))}
        defaultValue=""
        clearable
      />
    );
  }
  if (kind === "numbers") {
    return <MultiInput {...common} label={label} additionLabel="" />;
  }
  return (
    <TextField
      {...common}
      label={<FieldLabel htmlFor={fieldPath} label={label} />}
      {...(kind === "number" ? { type: "number", step: "any" } : {})}
    />
  );
};

Part.propTypes = {
  fieldPath: PropTypes.string.isRequired,
  part: partShape.isRequired,
};

const Parts = ({ fieldPath, subfields }) => (
  <div className="ui stackable grid padded">
    {subfields.map((part) => (
      <div key={part.name} className="column" style={{ width: `${part.width * 6.25}%` }}>
        <Part fieldPath={`${fieldPath}.${part.name}`} part={part} />
      </div>
    ))}
  </div>
);

Parts.propTypes = {
  fieldPath: PropTypes.string.isRequired,
  subfields: PropTypes.arrayOf(partShape).isRequired,
};

const FieldGroupComponent = ({ fieldPath, label, helpText, subfields, addLabel }) => {
  if (!addLabel) {
    return (
      <fieldset className="ui basic segment p-0">
        <legend className="field-label-class invenio-field-label">{label}</legend>
        {helpText && <span className="helptext">{helpText}</span>}
        <Parts fieldPath={fieldPath} subfields={subfields} />
      </fieldset>
    );
  }
  return (
    <ArrayField
      fieldPath={fieldPath}
      label={label}
      helpText={helpText}
      addButtonLabel={addLabel}
      defaultNewValue={{}}
    >
      {({ arrayHelpers, indexPath }) => (
        <Form.Group className="flex align-items-end" widths={16}>
          <div className="fifteen wide column" style={{ flexGrow: 1 }}>
            <Parts fieldPath={`${fieldPath}.${indexPath}`} subfields={subfields} />
          </div>
          <Form.Field>
            <Button
              type="button"
              aria-label={`Remove ${indexPath + 1}`}
              className="close-btn"
              icon
              onClick={() => arrayHelpers.remove(indexPath)}
            >
              <Icon name="close" />
            </Button>
          </Form.Field>
        </Form.Group>
      )}
    </ArrayField>
  );
};

FieldGroupComponent.propTypes = {
  fieldPath: PropTypes.string.isRequired,
  label: PropTypes.string.isRequired,
  helpText: PropTypes.string,
  subfields: PropTypes.arrayOf(partShape).isRequired,
  addLabel: PropTypes.string,
};

FieldGroupComponent.defaultProps = {
  helpText: "",
  addLabel: undefined,
};

export const FieldGroup = showHideOverridableWithDynamicId(FieldGroupComponent);
