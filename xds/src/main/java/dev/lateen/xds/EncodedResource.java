package dev.lateen.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One resource, encoded once; its bytes are shared by every stream that sends it.
///
/// Thread: any (immutable).
public final class EncodedResource {
    private static final int VERSION_BYTES = 8;

    private final ResourceType type;
    private final String name;
    private final String version;
    private final Any any;
    /// Made when a delta stream first needs it; a lost race makes it twice, which is harmless.
    private volatile @Nullable Resource delta;

    private EncodedResource(ResourceType type, String name, String version, Any any) {
        this.type = type;
        this.name = name;
        this.version = version;
        this.any = any;
    }

    /// Encodes `message` and takes a hash of the bytes as its version, so that equal content has an equal version.
    public static EncodedResource of(ResourceType type, String name, Message message) {
        return of(type, name, message.toByteString());
    }

    /// As above, of a message that is encoded already.
    public static EncodedResource of(ResourceType type, String name, ByteString bytes) {
        return new EncodedResource(
                type,
                name,
                versionOf(bytes),
                Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(bytes).build());
    }

    public ResourceType type() {
        return type;
    }

    public String name() {
        return name;
    }

    /// A content hash.
    public String version() {
        return version;
    }

    public Any any() {
        return any;
    }

    /// As the delta variant sends it, made once.
    public Resource delta() {
        Resource made = delta;
        if (made == null) {
            made = Resource.newBuilder()
                    .setName(name)
                    .setVersion(version)
                    .setResource(any)
                    .build();
            delta = made;
        }
        return made;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedResource that
                && type == that.type
                && name.equals(that.name)
                && version.equals(that.version);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, version);
    }

    @Override
    public String toString() {
        return type + " " + name + "@" + version;
    }

    private static String versionOf(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.asReadOnlyByteBuffer());
            return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
