package io.reliablemq.testdatabases;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mysql.MySQLContainer;

/** MySQL in a container, published on 127.0.0.1 when the Docker daemon is on this machine. */
final class MySqlContainers {

    private static final int PORT = 3306;

    private MySqlContainers() {}

    /** Starts a server and returns its JDBC URL with the credentials of a user who may do everything. */
    @SuppressWarnings("resource") // stopped when the JVM ends
    static String start() {
        MySQLContainer container =
                new MySQLContainer("mysql:9").withUsername("root").withPassword("reliable");
        if (DockerClientFactory.instance().dockerHostIpAddress().equals("localhost")) {
            container.withCreateContainerCmdModifier(command -> {
                HostConfig host = command.getHostConfig();
                if (host != null) {
                    host.withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), new ExposedPort(PORT)));
                }
            });
        }
        JvmEnd.stop(container::stop);
        container.start();
        return "jdbc:mysql://%s:%d/mysql?user=root&password=reliable&allowPublicKeyRetrieval=true"
                .formatted(container.getHost(), container.getMappedPort(PORT));
    }
}
