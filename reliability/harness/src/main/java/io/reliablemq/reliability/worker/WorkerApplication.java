package io.reliablemq.reliability.worker;

import io.reliablemq.faults.process.ParentProcess;
import java.io.IOException;
import java.nio.file.Files;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.event.EventListener;

/** One process of the application under test. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WorkerApplication {

    private final WorkerProperties properties;

    WorkerApplication(WorkerProperties properties) {
        this.properties = properties;
    }

    public static void main(String[] arguments) {
        ParentProcess.endWithIt();
        SpringApplication.run(WorkerApplication.class, arguments);
    }

    @EventListener(ApplicationReadyEvent.class)
    void ready() throws IOException {
        Files.createFile(properties.ready());
    }
}
