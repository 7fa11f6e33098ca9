package dev.lateen.kubernetes.webhook;

import java.time.Duration;

/// Hears what webhooks answer, to count it. Thread: any; must return at once.
public interface WebhookListener {
    /// For those who count nothing.
    WebhookListener NONE = new WebhookListener() {
        @Override
        public void injection(Injection outcome) {}

        @Override
        public void validation(String kind, boolean accepted) {}
    };

    /// What became of a pod.
    enum Injection {
        INJECTED,
        SKIPPED,
        REFUSED
    }

    void injection(Injection outcome);

    /// How long an answer about a pod took.
    default void injectionTook(Duration time) {}

    /// A request to validate was no review.
    ///
    /// @param status that answered it
    default void noReview(int status) {}

    /// @param kind of the resource; empty where it has none
    void validation(String kind, boolean accepted);
}
