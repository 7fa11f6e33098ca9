package dev.lateen.translate.policy;

/// How the window of a `LimitRule` moves.
public enum Algorithm {
    /// A bucket of `burst` tokens that fills evenly, `requests` tokens a window.
    TOKEN_BUCKET,
    /// At most `requests` in any stretch of time as long as the window.
    SLIDING_WINDOW,
    /// At most `requests` between two turns of the calendar.
    CALENDAR
}
