"""Accounts, sessions and tokens (control database); members, departments and roles (tenant). An account is who signs in,
a member is that account inside one tenant; roles and departments hang on the member only."""
