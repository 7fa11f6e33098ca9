package dev.lateen.model.validate;

/// HTTP statuses that a proxy may answer with by itself. Thread: any.
final class StatusCodes {
    private static final int LOWEST = 200;
    private static final int HIGHEST = 599;

    private StatusCodes() {}

    static void check(View view, String field) {
        long status = view.number(field);
        if (status < LOWEST || status > HIGHEST) {
            view.error(field, "out-of-range", "not a status to answer with", LOWEST + " to " + HIGHEST);
        }
    }
}
