//! Float reference models.
