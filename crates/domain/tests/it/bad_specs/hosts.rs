//! How apps are reached: hosts, zones, certificates, listeners.

use super::Row;

/// A section added to a valid file, the path of its only problem, and the message.
#[rustfmt::skip]
pub(super) const SECTIONS: &[Row] = &[
    ("dns: {}", "dns.zone", "is required, for example acme.example"),
    ("dns: { zone: acme }", "dns.zone", "\"acme\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: acme.example. }", "dns.zone", "\"acme.example.\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: Acme.example }", "dns.zone", "\"Acme.example\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: dev.acme.example, parent: acme.example }", "dns.parent", "is where a new zone is entered; add create: true, or leave this out"),
    ("dns: { zone: dev.acme.example, create: true, parent: cme.example }", "dns.parent", "\"dev.acme.example\" is not below \"cme.example\""),
    ("dns: { zone: acme.example, create: true, parent: acme.example }", "dns.parent", "\"acme.example\" is not below \"acme.example\""),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.cme.example } } } }", "apps.api.expose.load_balancer.host", "\"api.cme.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.notacme.example } } } }", "apps.api.expose.load_balancer.host", "\"api.notacme.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.other.example } } } }", "apps.api.expose.api_gateway.host", "\"api.other.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { tls: true } } } }", "apps.api.expose.load_balancer.tls", "needs a host to ask a certificate for; add host, or certificate_arn"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.acme.example, tls: true } } } }", "apps.api.expose.load_balancer.tls", "needs a zone in which a certificate proves itself; add dns: { zone: … }, or certificate_arn"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { tls: false, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.load_balancer.tls", "is false, and there is a certificate; drop one of them"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { certificate_arn: \"arn:aws:acm:us-east-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.load_balancer.certificate_arn", "is a certificate of us-east-1; what serves it is in eu-west-1"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.acme.example, certificate_arn: \"arn:aws:acm:us-east-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.api_gateway.certificate_arn", "is a certificate of us-east-1; what serves it is in eu-west-1"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.api_gateway.certificate_arn", "is for a name of its own; add host: api.acme.example, or leave this out"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.acme.example } } } }", "apps.api.expose.api_gateway.host", "needs a certificate, and a zone in which it proves itself; add dns: { zone: … }, or certificate_arn"),
    ("dns: { zone: acme.example }\necs: {}\napps: { a: { image: nginx, port: 80, expose: { api_gateway: { host: x.acme.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: x.acme.example } } } }", "apps.b.expose.load_balancer.host", "\"x.acme.example\" is the host of apps.a too, and leads to one place only"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { api_gateway: { host: x.example.com, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } }, b: { image: nginx, port: 80, expose: { api_gateway: { host: x.example.com, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.b.expose.api_gateway.host", "\"x.example.com\" is the host of apps.a too, and leads to one place only"),
    ("dns: { zone: acme.example }\necs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: a.acme.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: b.acme.example, tls: false } } } }", "apps.b.expose.load_balancer.certificate_arn", "apps.a shares the load balancer and has one; give both a certificate or neither"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { ingress: { host: a.example } } } }", "apps.api.expose.ingress", "is for Kubernetes; on ECS use load_balancer: { host: … }"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { gateway: {} } } }", "apps.api.expose.gateway", "is for Kubernetes; on ECS use load_balancer: { host: … } or api_gateway: {}"),
    ("ecs: {}\napps: { api: { image: nginx, expose: { load_balancer: {} } } }", "apps.api.expose", "needs to know the port on which the app listens; add port: 8000"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: API } } } }", "apps.api.expose.load_balancer.host", "\"API\" is not a host name; expected one in lower case such as api.acme.example"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { certificate_arn: x } } } }", "apps.api.expose.load_balancer.certificate_arn", "\"x\" is not the ARN of a certificate; expected arn:aws:acm:<region>:<account id>:certificate/<id>"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: {} } }, b: { image: nginx, port: 80, expose: { load_balancer: {} } } }", "apps.b.expose.load_balancer.host", "is required: apps.a gets what no other app of the load balancer asks for"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: x.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: x.example } } } }", "apps.b.expose.load_balancer.host", "\"x.example\" is the host of apps.a on the same load balancer"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: x.example, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } }, b: { image: nginx, port: 80, expose: { load_balancer: {} } } }", "apps.b.expose.load_balancer.certificate_arn", "apps.a shares the load balancer and has one; give both a certificate or neither"),
];
