package dev.lateen.kubernetes.cluster;

import java.io.IOException;

/// An API server refused or did not answer.
public final class ClusterException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /// @param status of HTTP; 0 or less where there was no answer
    ClusterException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public boolean isConflict() {
        return status == 409;
    }

    /// There is no such object.
    public boolean isMissing() {
        return status == 404;
    }

    public boolean isForbidden() {
        return status == 403;
    }

    /// The server does not know who asks.
    public boolean isUnauthorized() {
        return status == 401;
    }

    /// There was no answer.
    public boolean isUnanswered() {
        return status <= 0;
    }
}
