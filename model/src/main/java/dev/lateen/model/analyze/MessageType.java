package dev.lateen.model.analyze;

import dev.lateen.model.diagnostic.Severity;
import java.util.Locale;

/// Istio's analysis messages, as far as an analyzer here gives them. Codes, levels and texts are an interface that
/// tools filter by, so they are Istio's to the letter. Source: Istio, "Configuration Analysis Messages".
public enum MessageType {
    DEPRECATED("IST0002", Severity.WARNING, "Deprecated: %s"),
    REFERENCED_RESOURCE_NOT_FOUND("IST0101", Severity.ERROR, "Referenced %s not found: \"%s\""),
    NAMESPACE_NOT_INJECTED(
            "IST0102",
            Severity.INFO,
            "The namespace is not enabled for Istio injection. Run 'kubectl label namespace %1$s"
                    + " istio-injection=enabled' to enable it, or 'kubectl label namespace %1$s"
                    + " istio-injection=disabled' to explicitly mark it as not needing injection."),
    POD_MISSING_PROXY(
            "IST0103",
            Severity.WARNING,
            "The pod %s is missing the Istio proxy. This can often be resolved by restarting or redeploying the"
                    + " workload."),
    SCHEMA_VALIDATION_ERROR("IST0106", Severity.ERROR, "Schema validation error: %s"),
    MISPLACED_ANNOTATION("IST0107", Severity.WARNING, "Misplaced annotation: %s can only be applied to %s"),
    UNKNOWN_ANNOTATION("IST0108", Severity.WARNING, "Unknown annotation: %s"),
    CONFLICTING_MESH_GATEWAY_HOSTS(
            "IST0109",
            Severity.ERROR,
            "The VirtualServices %s associated with mesh gateway define the same host %s which can lead to undefined"
                    + " behavior. This can be fixed by merging the conflicting VirtualServices into a single"
                    + " resource."),
    CONFLICTING_SIDECAR_SELECTORS(
            "IST0110",
            Severity.ERROR,
            "The Sidecars %s in namespace \"%s\" select the same workload pod \"%s\", which can lead to undefined"
                    + " behavior."),
    SIDECARS_WITHOUT_SELECTORS(
            "IST0111",
            Severity.ERROR,
            "The Sidecars %s in namespace \"%s\" have no workload selector, which can lead to undefined behavior."),
    DESTINATION_PORT_REQUIRED(
            "IST0112",
            Severity.ERROR,
            "This VirtualService routes to a service \"%s\" that exposes multiple ports %s. Specifying a port in the"
                    + " destination is required to disambiguate."),
    DEPLOYMENT_WITH_SEVERAL_PROTOCOLS(
            "IST0116",
            Severity.WARNING,
            "This deployment %s is associated with multiple services using port %d but different protocols: %s"),
    PORT_NAME_CONVENTION(
            "IST0118",
            Severity.INFO,
            "Port name %s (port: %d, targetPort: %s) doesn't follow the naming convention of Istio port."),
    INVALID_REGEXP("IST0122", Severity.WARNING, "Field \"%s\" regular expression invalid: \"%s\" (%s)"),
    SEVERAL_INJECTION_LABELS(
            "IST0123",
            Severity.WARNING,
            "The namespace has more than one type of injection labels %s, which may lead to undefined behavior. Make"
                    + " sure only one injection label exists."),
    INVALID_ANNOTATION("IST0125", Severity.WARNING, "Invalid annotation %s: %s"),
    UNKNOWN_SERVICE_REGISTRY("IST0126", Severity.ERROR, "Unknown service registry %s in network %s"),
    NO_MATCHING_WORKLOADS(
            "IST0127", Severity.WARNING, "No matching workloads for this resource with the following labels: %s"),
    NO_CERTIFICATE_VERIFICATION(
            "IST0128",
            Severity.WARNING,
            "DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate"
                    + " server identity for host: %s"),
    NO_CERTIFICATE_VERIFICATION_AT_PORT(
            "IST0129",
            Severity.WARNING,
            "DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate"
                    + " server identity for host: %s at port %s"),
    UNREACHABLE_RULE("IST0130", Severity.WARNING, "VirtualService rule %s not used (%s)."),
    INEFFECTIVE_MATCH(
            "IST0131",
            Severity.INFO,
            "VirtualService rule %s match %s is not used (duplicate/overlapping match in rule %s)."),
    HOST_NOT_IN_GATEWAY(
            "IST0132", Severity.WARNING, "one or more host %s defined in VirtualService %s not found in Gateway %s."),
    SCHEMA_WARNING("IST0133", Severity.WARNING, "Schema validation warning: %s"),
    SERVICE_ENTRY_ADDRESSES_REQUIRED(
            "IST0134", Severity.WARNING, "ServiceEntry addresses are required for this protocol."),
    DEPRECATED_ANNOTATION(
            "IST0135",
            Severity.INFO,
            "Annotation \"%s\" has been deprecated%s and may not work in future Istio versions."),
    ALPHA_ANNOTATION(
            "IST0136",
            Severity.INFO,
            "Annotation \"%s\" is part of an alpha-phase feature and may be incompletely supported."),
    DEPLOYMENT_WITH_CONFLICTING_PORTS(
            "IST0137",
            Severity.WARNING,
            "This deployment %s is associated with multiple services %s using targetPort \"%s\" but different ports:"
                    + " %s."),
    GATEWAY_DUPLICATE_CERTIFICATE(
            "IST0138",
            Severity.WARNING,
            "Duplicate certificate in multiple gateways %s may cause 404s if clients re-use HTTP2 connections."),
    INVALID_WEBHOOK("IST0139", Severity.ERROR, "%s"),
    ROUTE_RULES_NOT_AT_INGRESS(
            "IST0140", Severity.WARNING, "Subset in virtual service %s has no effect on ingress gateway %s requests"),
    RESERVED_UID("IST0144", Severity.WARNING, "User ID (UID) 1337 is reserved for the sidecar proxy."),
    CONFLICTING_GATEWAYS(
            "IST0145", Severity.ERROR, "Conflict with gateways %s (workload selector %s, port %s, hosts %s)."),
    IMAGE_AUTO_OF_DEPLOYMENT(
            "IST0146",
            Severity.WARNING,
            "Deployment %s contains `image: auto` but does not match any Istio injection webhook selectors."),
    IMAGE_AUTO_OF_POD(
            "IST0147",
            Severity.ERROR,
            "Pod %s contains `image: auto` but does not match any Istio injection webhook selectors."),
    NAMESPACE_INJECTED_BY_DEFAULT(
            "IST0148",
            Severity.INFO,
            "is enabled for Istio injection, as Istio is installed with enableNamespacesByDefault as true."),
    CLAIM_ROUTE_WITHOUT_AUTHENTICATION(
            "IST0149",
            Severity.ERROR,
            "The virtual service uses the JWT claim based routing (key: %s) but found no request authentication for"
                    + " the gateway (%s) pod (%s). The request authentication must first be applied for the gateway"
                    + " pods to validate the JWT token and make the claims available for routing."),
    EXTERNAL_NAME_PORT(
            "IST0150",
            Severity.WARNING,
            "Port name for ExternalName service is invalid. Proxy may prevent tcp named ports and unmatched traffic"
                    + " for ports serving TCP protocol from being forwarded correctly"),
    RELATIVE_OPERATION(
            "IST0151",
            Severity.WARNING,
            "This EnvoyFilter does not have a priority and has a relative patch operation set which can cause the"
                    + " EnvoyFilter not to be applied. Using the INSERT_FIRST of ADD option or setting the priority"
                    + " may help in ensuring the EnvoyFilter is applied correctly."),
    REPLACE_OPERATION(
            "IST0152", Severity.ERROR, "The REPLACE operation is only valid for HTTP_FILTER and NETWORK_FILTER."),
    ADD_OPERATION(
            "IST0153",
            Severity.ERROR,
            "The ADD operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE."),
    REMOVE_OPERATION(
            "IST0154",
            Severity.ERROR,
            "The REMOVE operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE."),
    RELATIVE_OPERATION_WITH_VERSION(
            "IST0155",
            Severity.WARNING,
            "This EnvoyFilter does not have a priority and has a relative patch operation (NSTERT_BEFORE/AFTER,"
                    + " REPLACE, MERGE, DELETE) and proxyVersion set which can cause the EnvoyFilter not to be"
                    + " applied during an upgrade. Using the INSERT_FIRST or ADD option or setting the priority may"
                    + " help in ensuring the EnvoyFilter is applied correctly."),
    TELEMETRY_WITHOUT_PROVIDER(
            "IST0157", Severity.WARNING, "The Telemetry %s in namespace \"%s\" with empty providers will be ignored."),
    PROXY_IMAGE_MISMATCH(
            "IST0158",
            Severity.WARNING,
            "The Istio proxy images of the pods running in the namespace do not match the image defined in the"
                    + " injection configuration (pod names: %s). This often happens after upgrading the Istio"
                    + " control-plane and can be fixed by redeploying the pods."),
    CONFLICTING_TELEMETRY_SELECTORS(
            "IST0159",
            Severity.ERROR,
            "The Telemetries %s in namespace \"%s\" select the same workload pod \"%s\", which can lead to undefined"
                    + " behavior."),
    TELEMETRIES_WITHOUT_SELECTORS(
            "IST0160",
            Severity.ERROR,
            "The Telemetries %s in namespace \"%s\" have no workload selector, which can lead to undefined behavior."),
    INVALID_GATEWAY_CREDENTIAL(
            "IST0161",
            Severity.ERROR,
            "The credential referenced by the Gateway %s in namespace %s is invalid, which can cause the traffic not"
                    + " to work as expected."),
    GATEWAY_PORT_NOT_ON_SERVICE(
            "IST0162",
            Severity.WARNING,
            "The gateway is listening on a target port (port %d) that is not defined in the Service associated with"
                    + " its workload instances (Pod selector %s). If you need to access the gateway port through the"
                    + " gateway Service, it will not be available."),
    INVALID_EXTERNAL_CONTROL_PLANE(
            "IST0163",
            Severity.WARNING,
            "The hostname (%s) that was provided for the webhook (%s) to reach the ingress gateway on the external"
                    + " control plane cluster %s. Traffic may not flow properly."),
    EXTERNAL_CONTROL_PLANE_BY_ADDRESS(
            "IST0164",
            Severity.INFO,
            "The address (%s) that was provided for the webhook (%s) to reach the ingress gateway on the external"
                    + " control plane cluster is an IP address. This is not recommended for a production"
                    + " environment."),
    REFERENCED_INTERNAL_GATEWAY(
            "IST0165",
            Severity.WARNING,
            "Gateway reference in VirtualService %s is to an implementation-generated internal Gateway: %s."),
    INEFFECTIVE_SELECTOR(
            "IST0166",
            Severity.WARNING,
            "Ineffective selector on Kubernetes Gateway %s. Use the TargetRef field instead."),
    NEGATIVE_CONDITION(
            "IST0171",
            Severity.WARNING,
            "A condition with a negative status is present: type=%s, reason=%s, message=%s."),
    SUBSET_WITHOUT_PODS(
            "IST0173",
            Severity.ERROR,
            "The Subset %s defined in the DestinationRule does not select any pods. Which may lead to 503 UH"
                    + " (NoHealthyUpstream)."),
    UNKNOWN_DESTINATION_RULE_HOST(
            "IST0174",
            Severity.WARNING,
            "The host %s defined in the DestinationRule does not match any services in the mesh."),
    BLOCKED_CIDRS_NOT_SET(
            "IST0175",
            Severity.WARNING,
            "BLOCKED_CIDRS_IN_JWKS_URIS is not configured but %d RequestAuthentication resource(s) exist (%s)."
                    + " Consider configuring it to restrict JWKS URI fetches to trusted networks."),
    GATEWAY_API_TOO_OLD(
            "IST0176",
            Severity.WARNING,
            "Gateway API CRD \"%1$s\" is at version \"%2$s\" but Istio requires at least \"%3$s\"; resources of this"
                    + " kind will not be processed. Upgrade the Gateway API CRDs to satisfy the minimum version."),
    CONFLICTING_SERVICE_ENTRY_PROTOCOL(
            "IST0177",
            Severity.WARNING,
            "Multiple ServiceEntries (%s) define the same host \"%s\" and port %d with conflicting protocols (%s).");

    private final String code;
    private final Severity severity;
    private final String template;

    MessageType(String code, Severity severity, String template) {
        this.code = code;
        this.severity = severity;
        this.template = template;
    }

    public String code() {
        return code;
    }

    public Severity severity() {
        return severity;
    }

    String text(Object... parts) {
        return String.format(Locale.ROOT, template, parts);
    }
}
