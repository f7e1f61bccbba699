# Answers the jobs on standard input (jwt-library.ts) with Crypt::JWT, one outcome for each.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt encode_jwt);
use HTTP::Tiny;
use JSON::PP;

sub verify {
    my ($job) = @_;
    my %key;
    if (defined $job->{secret}) {
        %key = (key => $job->{secret});
    } else {
        my $response = HTTP::Tiny->new(no_proxy => '127.0.0.1')->get($job->{jwksUrl});
        die "the key set was answered with $response->{status}\n" unless $response->{success};
        # The key of the token's kid; without one, or with another, it croaks.
        %key = (kid_keys => decode_json($response->{content}));
    }
    my ($header, $claims) = decode_jwt(
        token         => $job->{token},
        %key,
        accepted_alg  => $job->{alg},
        verify_iss    => $job->{issuer},
        verify_aud    => $job->{audience},
        verify_exp    => 1,
        decode_header => 1,
    );
    return { header => $header, claims => $claims };
}

sub sign {
    my ($job) = @_;
    my $token = encode_jwt(
        payload       => $job->{claims},
        alg           => $job->{alg},
        # A reference is a PEM text; a plain text is a secret.
        key           => $job->{key} =~ /PRIVATE KEY/ ? \$job->{key} : $job->{key},
        extra_headers => $job->{header},
        allow_none    => 1,
    );
    return { token => $token };
}

my @outcomes = map {
    my $job = $_;
    eval { $job->{do} eq 'verify' ? verify($job) : sign($job) } || { refused => "$@" };
} @{ decode_json(do { local $/; <STDIN> }) };
print encode_json(\@outcomes);
