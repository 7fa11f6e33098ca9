package dev.lateen.model.policy;

/// What happens to requests when the rate-limit service does not answer.
public enum ServiceLoss {
    ALLOW,
    DENY;

    static ServiceLoss of(String text) {
        return text.equals("DENY") ? DENY : ALLOW;
    }
}
