package io.reliablemq.doctor.broker;

/**
 * Where a cluster is.
 *
 * @param nameServers {@code host:port} separated by semicolons
 * @param cluster its name there; empty for all clusters of these name servers
 */
public record ClusterAddress(String nameServers, String cluster) {

    /** All clusters of these name servers. */
    public static ClusterAddress of(String nameServers) {
        return new ClusterAddress(nameServers, "");
    }
}
