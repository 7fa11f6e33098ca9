package dev.lateen.local;

import dev.lateen.local.capture.Capture;
import dev.lateen.local.process.Children;

/// What all pods of a mesh share.
///
/// @param environment what proxies are told about mesh and pod
record PodContext(
        MeshSettings settings,
        Children children,
        Capture capture,
        ProxyEnvironment environment,
        Identities identities,
        MeshListener listener) {}
