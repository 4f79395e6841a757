"""What every REST call shares: who calls, in which organization, how errors look, how lists page, what a repeat means.

An app's `api.py` declares view sets on `MemberViewSet` and an `urlpatterns` that socialops.api includes.
"""
