package dev.lateen.kubernetes.template;

/// A template that is not understood, or that asks what its data cannot answer. Carries no stack trace: it tells of the
/// template, not of this program.
public final class TemplateException extends Exception {
    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message, null, false, false);
    }

    /// Never null, unlike that of other exceptions.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
