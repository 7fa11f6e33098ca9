package dev.lateen.net.grpc;

/// The status codes of gRPC, in the order of their numbers.
public enum GrpcCode {
    OK(0),
    CANCELLED(1),
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    ABORTED(10),
    OUT_OF_RANGE(11),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    DATA_LOSS(15),
    UNAUTHENTICATED(16);

    private static final GrpcCode[] CODES = values();

    private final int number;

    GrpcCode(int number) {
        this.number = number;
    }

    /// The number on the wire.
    public int number() {
        return number;
    }

    /// `UNKNOWN` where the number is not one of gRPC's.
    public static GrpcCode of(int number) {
        return number >= 0 && number < CODES.length ? CODES[number] : UNKNOWN;
    }
}
