"""A site with accounts in Django: sign up, log in, see your devices; an administrator ends anybody's sessions."""
