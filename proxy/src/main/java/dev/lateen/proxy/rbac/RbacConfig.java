package dev.lateen.proxy.rbac;

import java.util.Optional;

/// What an RBAC filter enforces and what it only tries.
///
/// Source: envoy.extensions.filters.http.rbac.v3.RBAC, envoy.extensions.filters.network.rbac.v3.RBAC. Thread: any
/// (immutable).
///
/// @param rules absent: everybody may
/// @param shadow rules that are only counted
/// @param rulesPrefix before the names of the statistics of `rules`; may be empty
/// @param shadowPrefix before the names of the statistics and the metadata of `shadow`; may be empty
/// @param countsPolicies whether each policy has statistics of its own
public record RbacConfig(
        Optional<RbacRules> rules,
        Optional<RbacRules> shadow,
        String rulesPrefix,
        String shadowPrefix,
        boolean countsPolicies) {}
