package dev.lateen.cli;

/// How a command prints what it found: the values of `-o`.
enum OutputFormat {
    TEXT,
    JSON,
    YAML
}
