package dev.lateen.model.analyze;

import java.time.Instant;

/// What an analysis cannot find in the resources.
///
/// @param systemNamespace where the control plane is: `istio-system`
/// @param assumesGateway whether the gateway that an installation brings counts as there, as for files without the
///     mesh that they are for
/// @param impliesPods whether workloads count as pods that they will bring, as where nothing runs yet
/// @param now when certificates have to be valid
public record AnalysisSettings(String systemNamespace, boolean assumesGateway, boolean impliesPods, Instant now) {}
