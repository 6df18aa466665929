using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Cli;

/// <summary>A request and its answer as they went over the wire.</summary>
internal sealed record RecordedExchange(string Name, bool IsSecure, byte[] Request, byte[] Answer)
{
    /// <summary>Method and target, by which an answer is found again.</summary>
    public string Key => Encoding.Latin1.GetString(Request).Split(" HTTP/1.1", 2)[0] + (Header(Request, "If-None-Match") is null ? string.Empty : " again");

    public int Status => int.Parse(Encoding.Latin1.GetString(Answer).Split(' ', 3)[1], CultureInfo.InvariantCulture);

    public byte[] AnswerBody => Body(Answer);

    public string? AnswerHeader(string name) => Header(Answer, name);

    public static byte[] Body(byte[] message) => message[(message.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];

    private static string? Header(byte[] message, string name)
        => Encoding.Latin1.GetString(message).Split("\r\n\r\n", 2)[0].Split("\r\n").Select(line => line.Split(": ", 2))
            .FirstOrDefault(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];
}

/// <summary>What follower and master of an earlier version said to each other: <c>tests/data/wire-VERSION</c>.</summary>
internal sealed partial class RecordedWire(string version)
{
    private readonly string _folder = Path.Combine(Repository.Root, "tests", "data", $"wire-{version}");

    /// <summary>The master's home before the first follower joined.</summary>
    public string MasterHome => Path.Combine(_folder, "master");

    /// <summary>The exchanges of one part, in their order.</summary>
    public IReadOnlyList<RecordedExchange> Part(string name)
        =>
        [
            .. Directory.GetFiles(Path.Combine(_folder, name), "*.request").Order(StringComparer.Ordinal).Select(file => new RecordedExchange(
                $"{name}/{Path.GetFileNameWithoutExtension(file)}", file.EndsWith("-tls.request", StringComparison.Ordinal),
                File.ReadAllBytes(file), File.ReadAllBytes(Path.ChangeExtension(file, ".answer")))),
        ];

    /// <summary>The invite that the follower joined with.</summary>
    public string Invite => JsonNode.Parse(RecordedExchange.Body(Part("1-join").Single(exchange => exchange.Key.StartsWith("POST ", StringComparison.Ordinal)).Request))!["invite"]!
        .GetValue<string>();

    /// <summary>The time at which a part was recorded.</summary>
    public DateTimeOffset TimeOf(string part)
        => Part(part).Select(exchange => DateTimeOffset.Parse(exchange.AnswerHeader("Date")!, CultureInfo.InvariantCulture)).Max();

    /// <summary>A certificate over the master's key.</summary>
    public X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(MasterHome, ".codexport", "master", "key.pem")));
        return new CertificateRequest("CN=codexport", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>Answers with what the master answered then: over the same transport, or over the other one where that is not known.</summary>
    public HostileAnswer Answer(string part, HostileRequest request)
    {
        var key = $"{request.Method} {request.Target}{(request.Headers.ContainsKey("if-none-match") ? " again" : string.Empty)}";
        var known = Part(part).Where(exchange => exchange.Key == key).OrderBy(exchange => exchange.IsSecure != request.IsSecure).FirstOrDefault();
        return known is null ? HostileAnswer.Error(404, "ProtocolViolation") : HostileAnswer.Raw(Encoding.Latin1.GetString(known.Answer));
    }

    /// <summary>The same request with another credential and for another port: what a master gives to each follower anew.</summary>
    public static byte[] Adapt(byte[] request, string credential, int port)
    {
        var text = Encoding.Latin1.GetString(request);
        return Encoding.Latin1.GetBytes(HostPort().Replace(Credential().Replace(text, "Bearer " + credential, 1), string.Create(CultureInfo.InvariantCulture, $"$1:{port}"), 1));
    }

    [GeneratedRegex("(?<=\r\nAuthorization: )Bearer [^\r]*")]
    private static partial Regex Credential();

    [GeneratedRegex("(\r\nHost: [^:\r]*):[0-9]+")]
    private static partial Regex HostPort();
}
