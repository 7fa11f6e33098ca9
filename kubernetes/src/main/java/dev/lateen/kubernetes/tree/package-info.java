/// Kubernetes objects as JSON trees: reading, building, merging and comparing them. Entry: Trees.
@NullMarked
package dev.lateen.kubernetes.tree;

import org.jspecify.annotations.NullMarked;
