/// Talks to an API server: connects, watches objects, writes some. Entry: Cluster. The only package that may use the
/// Kubernetes client.
@NullMarked
package dev.lateen.kubernetes.cluster;

import org.jspecify.annotations.NullMarked;
