"""Accounts and passwords that the hub itself keeps, without a hole at the start.

NativeAuthenticator lets whoever signs up first under an admin's name be that admin.
Here the admin's account exists before the first page is served, and every other
account, a second admin's too, waits until an admin lets it in.
"""

from nativeauthenticator import NativeAuthenticator
from traitlets import Unicode

SHORTEST_PASSWORD = 12


def what_is_wrong_with(admin, password):
    """What is wrong with an admin's first password, in a few words; None: nothing."""
    if not password:
        return "is not set: choose the admin's password, 12 characters or more"
    if len(password) < SHORTEST_PASSWORD:
        return f"has {len(password)} characters: take 12 or more, for example four words"
    if admin in password.lower() or len(set(password)) < 6 or "change" in password.lower():
        return "is too easy to guess: take four words that do not belong together"
    return None


class SchoolLogin(NativeAuthenticator):
    admin_name = Unicode(config=True, help="The account that exists from the start.")
    admin_password = Unicode(config=True, help="Its first password; it can be changed on the hub's page.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.admin_name and not self.user_exists(self.admin_name):
            account = self.create_user(self.admin_name, self.admin_password)
            if account is None:
                raise ValueError(f"the account of {self.admin_name} cannot be made: its password is on the list of common ones")
            account.is_authorized = True
            self.db.commit()

    def get_authed_users(self):
        """Who needs no letting in at sign-up: nobody, whatever the name."""
        return set()

    def get_unauthed_amount(self):
        return sum(not account.is_authorized for account in self._accounts())

    def _accounts(self):
        from nativeauthenticator.orm import UserInfo

        return UserInfo.all_users(self.db)
