package dev.lateen.proxy.config;

/// Leaves a decoder from any depth; never leaves `Decoded.of`. Carries no stack trace, since it tells of the input and
/// not of the program.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refusal(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
