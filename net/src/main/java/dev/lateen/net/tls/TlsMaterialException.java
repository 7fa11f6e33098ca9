package dev.lateen.net.tls;

/// A certificate or key that cannot be used. The message says why and holds no secret.
public final class TlsMaterialException extends Exception {
    private static final long serialVersionUID = 1;

    public TlsMaterialException(String message) {
        super(message);
    }

    public TlsMaterialException(String message, Throwable cause) {
        super(message, cause);
    }
}
