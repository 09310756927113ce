//! How is the view Live looked at? Nothing is computed from it.

/// Over how long of the events moves are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MovesOver {
    /// The last hour.
    Hour,
    /// The last day.
    #[default]
    Day,
    /// The last week.
    Week,
}

/// How it is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LiveLook {
    /// Over how long moves are counted.
    pub moves: MovesOver,
    /// The path of a source being typed, where the system shows no file dialog.
    pub path_draft: Option<String>,
}
