"""A signal that is asked something: each floor above that listens gives one answer."""

from typing import Generic, TypeVar

from django.dispatch import Signal

A = TypeVar("A")


class Question(Signal, Generic[A]):
    def ask(self, sender: type, **about: object) -> list[A]:
        """One answer of each receiver. A receiver that fails, fails the asking."""
        return [answer for _receiver, answer in self.send(sender, **about)]  # type: ignore[misc]  # Django's types know texts only
