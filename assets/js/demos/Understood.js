// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { i18next } from "@translations/invenio_app_rdm/i18next";
import { useFormikContext } from "formik";
import _get from "lodash/get";
import React, { useEffect, useRef, useState } from "react";
import { useSelector } from "react-redux";

const AGAIN_MS = 1500;

/** Names and checksums of the files that are there: another text, another look. */
function uploaded(entries) {
  return Object.values(entries || {})
    .filter((entry) => entry.status === "finished")
    .map((entry) => `${entry.name}:${entry.checksum}`)
    .sort()
    .join("\n");
}

/** What the portal understood of the files of a draft, as soon as they are there. */
export const Understood = () => {
  const draft = useSelector((state) => _get(state, "deposit.record.id"));
  const files = useSelector((state) => uploaded(_get(state, "files.entries")));
  const [found, setFound] = useState(null);
  const { values, setFieldValue } = useFormikContext();
  const current = useRef(values);
  current.current = values;

  useEffect(() => {
    if (!draft || !files) {
      setFound(null);
      return undefined;
    }
    let stopped = false;
    let timer;
    const look = async () => {
      const response = await fetch(`/uploads/${draft}/understood`, { credentials: "same-origin" });
      if (stopped || !response.ok) return;
      const answer = await response.json();
      if (stopped) return;
      setFound(answer);
      if (answer.pending) timer = setTimeout(look, AGAIN_MS);
      // What can be known from the files is filled in where nothing was chosen.
      for (const [field, value] of Object.entries(answer.suggested)) {
        if (!_get(current.current, field)) setFieldValue(field, value);
      }
    };
    look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [draft, files, setFieldValue]);

  if (!found) return null;
  return (
    <section className="ui segment demos-understood" aria-labelledby="demos-understood">
      <h2 id="demos-understood" className="ui small header">
        {i18next.t("What was understood")}
      </h2>
      {/* The portal's own template, in which every name is escaped. */}
      <div aria-live="polite" dangerouslySetInnerHTML={{ __html: found.html }} />
    </section>
  );
};
