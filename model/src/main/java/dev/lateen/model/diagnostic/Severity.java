package dev.lateen.model.diagnostic;

/// How bad a finding is. Only an error keeps a resource from being applied.
public enum Severity {
    ERROR,
    WARNING,
    INFO;

    /// The word that a report prints.
    public String word() {
        return switch (this) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case INFO -> "info";
        };
    }
}
