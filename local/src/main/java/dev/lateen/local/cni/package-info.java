/// The agent that a cluster's nodes have so that pods need no right to change packet filters: it puts a CNI
/// plugin into the node's network configuration and makes the rules of each pod that starts. Entry:
/// [NodeAgent].
@org.jspecify.annotations.NullMarked
package dev.lateen.local.cni;
