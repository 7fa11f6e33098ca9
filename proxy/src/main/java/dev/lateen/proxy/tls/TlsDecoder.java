package dev.lateen.proxy.tls;

import com.google.protobuf.Any;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes TLS contexts and secrets.
///
/// Limits: one certificate a context. Blocks where a certificate is a file: for the chores loop.
public final class TlsDecoder {
    public static final String DOWNSTREAM = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
    public static final String UPSTREAM = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private static final String PACKAGE = "envoy.extensions.transport_sockets.tls.v3.";

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    DOWNSTREAM,
                    "common_tls_context",
                    "require_client_certificate",
                    "disable_stateless_session_resumption",
                    "disable_stateful_session_resumption",
                    "session_timeout")
            .message(UPSTREAM, "common_tls_context", "sni")
            .harmless(UPSTREAM, "an upper limit; fewer are kept", "max_session_keys")
            .message(
                    PACKAGE + "CommonTlsContext",
                    "tls_params",
                    "tls_certificates",
                    "tls_certificate_sds_secret_configs",
                    "validation_context",
                    "validation_context_sds_secret_config",
                    "combined_validation_context",
                    "alpn_protocols")
            .message(
                    PACKAGE + "CommonTlsContext.CombinedCertificateValidationContext",
                    "default_validation_context",
                    "validation_context_sds_secret_config")
            .message(
                    PACKAGE + "TlsParameters",
                    "tls_minimum_protocol_version",
                    "tls_maximum_protocol_version",
                    "cipher_suites",
                    "ecdh_curves")
            .message(PACKAGE + "TlsCertificate", "certificate_chain", "private_key")
            .message(
                    PACKAGE + "CertificateValidationContext",
                    "trusted_ca",
                    "crl",
                    "only_verify_leaf_cert_crl",
                    "custom_validator_config",
                    "verify_certificate_spki",
                    "verify_certificate_hash",
                    "match_typed_subject_alt_names",
                    "match_subject_alt_names",
                    "trust_chain_verification")
            .message(PACKAGE + "SubjectAltNameMatcher", "san_type", "matcher")
            .message(PACKAGE + "SdsSecretConfig", "name", "sds_config")
            .message(PACKAGE + "Secret", "name", "tls_certificate", "validation_context")
            .whole(
                    "envoy.config.core.v3.ConfigSource",
                    "envoy.config.core.v3.ApiConfigSource",
                    "envoy.config.core.v3.AggregatedConfigSource",
                    "envoy.config.core.v3.GrpcService",
                    "envoy.config.core.v3.GrpcService.EnvoyGrpc")
            .build();

    private static final int MOST_CERTIFICATES = 8;

    private TlsDecoder() {}

    /// One for each certificate, in order; otherwise they are the same.
    ///
    /// @param any a DownstreamTlsContext
    public static List<DownstreamTlsConfig> downstream(Any any, Place at) {
        DownstreamTlsContext context = TypedConfig.of(any, at).unpack(DownstreamTlsContext.parser(), FIELDS, at);
        Place place = at.field("common_tls_context");
        List<TlsContextConfig.CertificateSource> sources = certificateSources(context.getCommonTlsContext(), place);
        if (sources.isEmpty()) {
            throw place.field("tls_certificates").refuse("is empty; a server needs a certificate");
        }
        return sources.stream()
                .map(source -> new DownstreamTlsConfig(
                        common(context.getCommonTlsContext(), Optional.of(source), place),
                        context.getRequireClientCertificate().getValue(),
                        !context.getDisableStatelessSessionResumption(),
                        !context.getDisableStatefulSessionResumption(),
                        Duration.ofSeconds(
                                Math.clamp(context.getSessionTimeout().getSeconds(), 0, Integer.MAX_VALUE))))
                .toList();
    }

    /// @param any an UpstreamTlsContext
    public static UpstreamTlsConfig upstream(Any any, Place at) {
        var context = TypedConfig.of(any, at)
                .unpack(
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.parser(),
                        FIELDS,
                        at);
        Place place = at.field("common_tls_context");
        List<TlsContextConfig.CertificateSource> sources = certificateSources(context.getCommonTlsContext(), place);
        if (sources.size() > 1) {
            throw place.field("tls_certificates").refuse(sources.size() + " certificates", "one at most of a client");
        }
        return new UpstreamTlsConfig(
                common(context.getCommonTlsContext(), sources.stream().findFirst(), place), context.getSni());
    }

    /// A secret resource by its name.
    public static Decoded<Secret> secret(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret secret) {
        return Decoded.of(() -> {
            Place at = Place.resource("secret", secret.getName());
            FIELDS.check(secret, at);
            return switch (secret.getTypeCase()) {
                case TLS_CERTIFICATE ->
                    new Secret.Certificate(certificate(secret.getTlsCertificate(), at.field("tls_certificate")));
                case VALIDATION_CONTEXT ->
                    new Secret.Validation(validation(secret.getValidationContext(), at.field("validation_context")));
                case SESSION_TICKET_KEYS ->
                    throw at.field("session_ticket_keys").unsupported();
                case GENERIC_SECRET -> throw at.field("generic_secret").unsupported();
                case TYPE_NOT_SET -> throw at.refuse("holds neither a certificate nor a validation context");
            };
        });
    }

    /// Secret `name`, whose authorities are in a file.
    static Decoded<Secret> authoritiesIn(String name, Path file) {
        return Decoded.of(() -> {
            Place at = Place.resource("secret", name);
            return new Secret.Validation(
                    ValidationConfig.ofRoots(Pem.certificates(CommonDecoder.file(file.toString(), at), at)));
        });
    }

    /// Secret `name`, whose certificates and key are in files.
    static Decoded<Secret> certificateIn(String name, Path chain, Path key) {
        return Decoded.of(() -> {
            Place at = Place.resource("secret", name);
            CertificateConfig config = new CertificateConfig(
                    Pem.certificates(CommonDecoder.file(chain.toString(), at), at),
                    Pem.key(CommonDecoder.file(key.toString(), at), at));
            at.require(KeyMatch.matches(config), "the key does not belong to the certificate");
            return new Secret.Certificate(config);
        });
    }

    private static TlsContextConfig common(
            CommonTlsContext common, Optional<TlsContextConfig.CertificateSource> certificate, Place at) {
        TlsParameters params = common.getTlsParams();
        List<String> ciphers = new ArrayList<>();
        for (String suite : params.getCipherSuitesList()) {
            // A group of equal preference is written [A|B]; we prefer in the order written.
            ciphers.addAll(List.of(suite.replace("[", "").replace("]", "").split("\\|")));
        }
        return new TlsContextConfig(
                certificate,
                validationSource(common, at),
                common.getAlpnProtocolsList(),
                protocols(params, at.field("tls_params")),
                ciphers,
                params.getEcdhCurvesList());
    }

    private static List<String> protocols(TlsParameters params, Place at) {
        int min = version(params.getTlsMinimumProtocolVersion(), 2, at.field("tls_minimum_protocol_version"));
        int max = version(params.getTlsMaximumProtocolVersion(), 3, at.field("tls_maximum_protocol_version"));
        at.require(min <= max, "tls_minimum_protocol_version is above tls_maximum_protocol_version");
        List<String> protocols = new ArrayList<>();
        for (int minor = min; minor <= max; minor++) {
            protocols.add("TLSv1." + minor);
        }
        return protocols;
    }

    private static int version(TlsParameters.TlsProtocol protocol, int automatic, Place at) {
        return switch (protocol) {
            case TLS_AUTO -> automatic;
            case TLSv1_2 -> 2;
            case TLSv1_3 -> 3;
            case TLSv1_0, TLSv1_1 -> throw at.refuse(protocol, "TLSv1_2 or TLSv1_3; older ones are not secure");
            case UNRECOGNIZED -> throw at.refuse("an unknown version", "TLSv1_2 or TLSv1_3");
        };
    }

    private static List<TlsContextConfig.CertificateSource> certificateSources(CommonTlsContext common, Place at) {
        List<TlsContextConfig.CertificateSource> sources = new ArrayList<>();
        for (int index = 0; index < common.getTlsCertificatesCount(); index++) {
            Place place = at.field("tls_certificates").index(index);
            sources.add(new TlsContextConfig.CertificateSource.Inline(
                    certificate(common.getTlsCertificates(index), place)));
        }
        for (int index = 0; index < common.getTlsCertificateSdsSecretConfigsCount(); index++) {
            Place place = at.field("tls_certificate_sds_secret_configs").index(index);
            sources.add(new TlsContextConfig.CertificateSource.Named(
                    secretRef(common.getTlsCertificateSdsSecretConfigs(index), place)));
        }
        at.field("tls_certificates")
                .require(sources.size() <= MOST_CERTIFICATES, "has more than " + MOST_CERTIFICATES + " certificates");
        return sources;
    }

    private static TlsContextConfig.ValidationSource validationSource(CommonTlsContext common, Place at) {
        return switch (common.getValidationContextTypeCase()) {
            case VALIDATION_CONTEXT ->
                new TlsContextConfig.ValidationSource(
                        validation(common.getValidationContext(), at.field("validation_context")), Optional.empty());
            case VALIDATION_CONTEXT_SDS_SECRET_CONFIG ->
                new TlsContextConfig.ValidationSource(
                        ValidationConfig.NONE,
                        Optional.of(secretRef(
                                common.getValidationContextSdsSecretConfig(),
                                at.field("validation_context_sds_secret_config"))));
            case COMBINED_VALIDATION_CONTEXT -> {
                var combined = common.getCombinedValidationContext();
                Place place = at.field("combined_validation_context");
                yield new TlsContextConfig.ValidationSource(
                        validation(combined.getDefaultValidationContext(), place.field("default_validation_context")),
                        Optional.of(secretRef(
                                combined.getValidationContextSdsSecretConfig(),
                                place.field("validation_context_sds_secret_config"))));
            }
            case VALIDATIONCONTEXTTYPE_NOT_SET -> TlsContextConfig.ValidationSource.NONE;
            default -> throw at.field("validation_context_type").unsupported();
        };
    }

    private static SecretRef secretRef(SdsSecretConfig config, Place at) {
        at.field("name").require(!config.getName().isEmpty(), "is empty");
        if (!config.hasSdsConfig()) {
            return new SecretRef(config.getName(), SecretRef.Origin.STATIC);
        }
        ConfigSource source = config.getSdsConfig();
        return switch (source.getConfigSourceSpecifierCase()) {
            case ADS -> new SecretRef(config.getName(), SecretRef.Origin.ADS);
            // An agent beside the proxy serves these in Istio; here the proxy is its own agent.
            case API_CONFIG_SOURCE -> new SecretRef(config.getName(), SecretRef.Origin.LOCAL);
            default ->
                throw at.field("sds_config").refuse(source.getConfigSourceSpecifierCase(), "ads or api_config_source");
        };
    }

    private static CertificateConfig certificate(TlsCertificate certificate, Place at) {
        Place chainAt = at.field("certificate_chain");
        Place keyAt = at.field("private_key");
        CertificateConfig config = new CertificateConfig(
                Pem.certificates(CommonDecoder.data(certificate.getCertificateChain(), chainAt), chainAt),
                Pem.key(CommonDecoder.data(certificate.getPrivateKey(), keyAt), keyAt));
        keyAt.require(KeyMatch.matches(config), "does not belong to the certificate");
        return config;
    }

    private static ValidationConfig validation(CertificateValidationContext context, Place at) {
        Place caAt = at.field("trusted_ca");
        List<SanMatcher> sans = new ArrayList<>();
        for (int index = 0; index < context.getMatchTypedSubjectAltNamesCount(); index++) {
            sans.add(san(
                    context.getMatchTypedSubjectAltNames(index),
                    at.field("match_typed_subject_alt_names").index(index)));
        }
        sans.addAll(untypedSans(context, at));
        List<String> hashes = context.getVerifyCertificateHashList().stream()
                .map(hash -> hash.replace(":", "").toLowerCase(Locale.ROOT))
                .toList();
        Map<String, TrustBundle> trustDomains = context.hasCustomValidatorConfig()
                ? TrustDomainsDecoder.decode(context.getCustomValidatorConfig(), at.field("custom_validator_config"))
                : Map.of();
        return new ValidationConfig(
                context.hasTrustedCa()
                        ? Pem.certificates(CommonDecoder.data(context.getTrustedCa(), caAt), caAt)
                        : List.of(),
                trustDomains,
                revocations(context, at),
                sans,
                hashes,
                context.getVerifyCertificateSpkiList(),
                context.getTrustChainVerification()
                        == CertificateValidationContext.TrustChainVerification.ACCEPT_UNTRUSTED);
    }

    private static Revocations revocations(CertificateValidationContext context, Place at) {
        Place crlAt = at.field("crl");
        return context.hasCrl()
                ? new Revocations(
                        Pem.revocations(CommonDecoder.data(context.getCrl(), crlAt), crlAt),
                        context.getOnlyVerifyLeafCertCrl())
                : Revocations.NONE;
    }

    @SuppressWarnings("deprecation") // The untyped form is what Istio sends.
    private static List<SanMatcher> untypedSans(CertificateValidationContext context, Place at) {
        List<SanMatcher> sans = new ArrayList<>();
        for (int index = 0; index < context.getMatchSubjectAltNamesCount(); index++) {
            StringMatcher matcher = CommonDecoder.string(
                    context.getMatchSubjectAltNames(index),
                    at.field("match_subject_alt_names").index(index));
            sans.add(new SanMatcher(SanMatcher.Type.ANY, matcher));
        }
        return sans;
    }

    private static SanMatcher san(SubjectAltNameMatcher matcher, Place at) {
        SanMatcher.Type type = switch (matcher.getSanType()) {
            case EMAIL -> SanMatcher.Type.EMAIL;
            case DNS -> SanMatcher.Type.DNS;
            case URI -> SanMatcher.Type.URI;
            case IP_ADDRESS -> SanMatcher.Type.IP_ADDRESS;
            default -> throw at.field("san_type").refuse(matcher.getSanType(), "EMAIL, DNS, URI or IP_ADDRESS");
        };
        return new SanMatcher(type, CommonDecoder.string(matcher.getMatcher(), at.field("matcher")));
    }
}
