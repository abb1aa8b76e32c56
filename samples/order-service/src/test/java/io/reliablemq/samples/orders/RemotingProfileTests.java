package io.reliablemq.samples.orders;

import org.springframework.test.context.ActiveProfiles;

@ActiveProfiles("remoting")
class RemotingProfileTests extends OrderServiceContract {}
