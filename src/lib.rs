//! Connects a user's bank from a web page.
