//! What deserves a second look but stops nobody.
