# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Sign-in, sign-up and lost passwords, which do not say who has an account.

A visitor reads the same words whether an address is known or not; its owner learns the rest by
mail. What takes long for one (hashing a password) is done for the other too.
"""

from flask import current_app, redirect, request
from flask_security.confirmable import requires_confirmation, send_confirmation_instructions
from flask_security.decorators import anonymous_user_required
from flask_security.forms import EmailFormMixin, Form
from flask_security.recoverable import send_reset_password_instructions
from flask_security.registerable import register_user
from flask_security.utils import (
    config_value,
    do_flash,
    get_message,
    get_post_register_redirect,
    hash_password,
    send_mail,
)
from invenio_accounts.limiter import enforce_forgot_password_limit
from invenio_i18n import lazy_gettext as _
from wtforms import SubmitField

WRONG = _("The address or the password is wrong.")


def security():
    """Return the state of the accounts' extension."""
    return current_app.extensions["security"]


def known(email):
    """Return the account of an address, or None."""
    return security().datastore.get_user_by_email(email)


def quiet_login(form_class):
    """Return a sign-in form that has one message for all that is wrong."""

    class LoginForm(form_class):
        def validate(self, extra_validators=None):
            valid = super().validate(extra_validators=extra_validators)
            telling = {
                str(get_message(name)[0])
                for name in ("USER_DOES_NOT_EXIST", "PASSWORD_NOT_SET", "INVALID_PASSWORD")
            }
            said = {str(e) for field in (self.email, self.password) for e in field.errors}
            if said & telling:
                self.email.errors, self.password.errors = [], [str(WRONG)]
            return valid

    return LoginForm


def quiet_registration(form_class):
    """Return a sign-up form that takes known addresses too; the view looks at them."""
    first = EmailFormMixin.email
    field = first.field_class(*first.args, **first.kwargs)
    # Where the field stands in the form follows from when it was declared.
    field.creation_counter = form_class.email.creation_counter
    return type("ConfirmRegisterForm", (form_class,), {"email": field})


class AddressForm(Form, EmailFormMixin):
    """An address, of an account or not."""

    submit = SubmitField(_("Reset password"))


@anonymous_user_required
def forgot_password():
    """Send instructions where there is an account, and say the same where there is none."""
    form = AddressForm()
    if form.validate_on_submit():
        user = known(form.email.data)
        if user is not None and user.is_active and enforce_forgot_password_limit(user)[0]:
            if requires_confirmation(user):
                send_confirmation_instructions(user)
            else:
                send_reset_password_instructions(user)
        do_flash(*get_message("PASSWORD_RESET_REQUEST", email=form.email.data))
    return security().render_template(
        config_value("FORGOT_PASSWORD_TEMPLATE"),
        forgot_password_form=form,
        **security()._run_ctx_processor("forgot_password"),
    )


@anonymous_user_required
def register():
    """Make an account, or tell the owner of the address by mail that there is one."""
    form = security().confirm_register_form(request.form)
    if form.validate_on_submit():
        email = form.email.data
        if (user := known(email)) is None:
            register_user(**form.to_dict())
        else:
            hash_password(form.password.data)
            do_flash(*get_message("CONFIRM_REGISTRATION", email=email))
            send_mail(_("You have an account already"), email, "known_address", user=user)
        return redirect(get_post_register_redirect(form.next.data))
    return security().render_template(
        config_value("REGISTER_USER_TEMPLATE"),
        register_user_form=form,
        **security()._run_ctx_processor("register"),
    )


def keep_quiet(app):
    """Put the quiet forms and views in the place of the framework's."""
    state = app.extensions["security"]
    state.login_form = quiet_login(state.login_form)
    if state.registerable and state.confirmable:
        state.confirm_register_form = quiet_registration(state.confirm_register_form)
        app.view_functions["security.register"] = register
    if state.recoverable:
        app.view_functions["security.forgot_password"] = forgot_password
