package dev.lateen.xds.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what is known of a caller where services find it, and turns away whom the gate does not let in, before a
/// message is read.
final class PeerInterceptor implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerInterceptor.class);
    private static final Context.Key<Peer> PEER = Context.key("peer");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "bearer ";

    private final Gate gate;
    private final Consumer<SocketAddress> admitted;

    /// @param admitted hears the address of each caller that the gate lets in
    PeerInterceptor(Gate gate, Consumer<SocketAddress> admitted) {
        this.gate = gate;
        this.admitted = admitted;
    }

    /// The caller of the call in whose context this runs.
    static Peer current() {
        Peer peer = PEER.get();
        return peer == null ? new Peer("unknown", false, List.of(), Optional.empty()) : peer;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        Peer peer = new Peer(
                String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                session != null,
                chain(session),
                bearer(headers.get(AUTHORIZATION)));
        if (!peer.chain().isEmpty() || peer.bearer().isEmpty()) {
            return decide(peer, call, headers, next);
        }
        // A token may have to be shown to somebody else, and meanwhile the loop has other connections.
        HeldListener<Q> held = new HeldListener<>();
        Context context = Context.current();
        Thread.ofVirtual().name("gate").start(context.wrap(() -> held.release(decide(peer, call, headers, next))));
        return held;
    }

    private <Q, R> ServerCall.Listener<Q> decide(
            Peer peer, ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Proof proof;
        try {
            proof = gate.check(peer, String.valueOf(call.getMethodDescriptor().getServiceName()));
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a caller could not be checked");
            return turnAway(call, Status.INTERNAL);
        }
        Optional<String> refusal = proof.refusal();
        if (refusal.isPresent()) {
            return turnAway(call, Status.UNAUTHENTICATED.withDescription(refusal.get()));
        }
        SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (from != null) {
            admitted.accept(from);
        }
        return Contexts.interceptCall(Context.current().withValue(PEER, peer.proved(proof)), call, headers, next);
    }

    private static <Q, R> ServerCall.Listener<Q> turnAway(ServerCall<Q, R> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static List<X509Certificate> chain(@Nullable SSLSession session) {
        if (session == null) {
            return List.of();
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
            return chain;
        } catch (SSLPeerUnverifiedException _) {
            return List.of();
        }
    }

    private static Optional<String> bearer(@Nullable String header) {
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return Optional.empty();
        }
        return Optional.of(header.substring(BEARER.length()).strip());
    }
}
