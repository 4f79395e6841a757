"""The fields of a form as what they are: Django's types know only that each is some field."""

from typing import Any

from django import forms


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """One with choices, those of rows among them."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def row_field(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """One whose choices are rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field
