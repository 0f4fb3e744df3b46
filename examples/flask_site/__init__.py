"""A site with accounts in Flask: sign up, log in, see your devices; an administrator ends anybody's sessions."""
