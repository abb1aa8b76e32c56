package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.autoconfigure.EndpointApplication.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages about the endpoint: with the first YAML block of a page each of its commands is answered with success. */
class EndpointGuideTests {

    private static final String OPERATING = EndpointApplication.UNRESTRICTED;

    @ParameterizedTest
    @ValueSource(strings = {"endpoint.md", "reconciliation.md"})
    void everyCommandIsAnswered(String name) {
        GuidePage page = new GuidePage(name);
        List<String> properties = new ArrayList<>(List.of(page.yaml(0)));
        properties.add("test.group=inventory");
        if (!name.equals("endpoint.md")) {
            properties.add(OPERATING);
        }
        assertThat(page.commands()).hasSizeGreaterThan(1);
        try (EndpointApplication application = new EndpointApplication(properties.toArray(String[]::new))) {
            for (GuidePage.Command command : page.commands()) {
                String body = command.body();
                Reply reply =
                        body == null ? application.get(command.path()) : application.postText(command.path(), body);
                assertThat(reply.status()).as("%s -> %s", command, reply.text()).isEqualTo(200);
            }
        }
    }
}
