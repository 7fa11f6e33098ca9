package dev.lateen.xds.server;

import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Asks another `istio.v1.auth.IstioCertificateService` to sign, over TLS. Files are read anew for each request, since
/// whoever manages them replaces them.
///
/// Thread: any; blocks.
///
/// @param address `host:port`
/// @param roots who vouches for the service
/// @param token to prove ourselves with, if any
/// @param certificate with `key`, to prove ourselves with, if any
/// @param serverName in its certificate, where it is not the host of the address
public record CertificateForwarder(
        String address,
        Path roots,
        Optional<Path> token,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<String> serverName) {
    private static final long PATIENCE_SECONDS = 10;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /// The leaf first, the root last.
    ///
    /// Errors: `IOException` with the service's words.
    public List<String> sign(String csrPem, Duration lifetime) throws IOException {
        var builder = Grpc.newChannelBuilder(address, credentials());
        serverName.ifPresent(builder::overrideAuthority);
        ManagedChannel channel = builder.build();
        try {
            Metadata headers = new Metadata();
            if (token.isPresent()) {
                headers.put(
                        AUTHORIZATION, "Bearer " + Files.readString(token.get()).strip());
            }
            Channel with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
            return ClientCalls.blockingUnaryCall(
                            with,
                            CertificateService.CREATE,
                            CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
                            IstioCertificateRequest.newBuilder()
                                    .setCsr(csrPem)
                                    .setValidityDuration(lifetime.toSeconds())
                                    .build())
                    .getCertChainList();
        } catch (StatusRuntimeException e) {
            throw new IOException(
                    address + ": " + e.getStatus().getCode() + ": "
                            + e.getStatus().getDescription(),
                    e);
        } finally {
            channel.shutdownNow();
        }
    }

    private ChannelCredentials credentials() throws IOException {
        TlsChannelCredentials.Builder builder =
                TlsChannelCredentials.newBuilder().trustManager(roots.toFile());
        if (certificate.isPresent() && key.isPresent()) {
            builder.keyManager(certificate.get().toFile(), key.get().toFile());
        }
        return builder.build();
    }
}
