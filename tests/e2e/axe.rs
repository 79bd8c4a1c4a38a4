//! The accessibility checks of axe-core.
