using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Bundles;

public sealed class JoinLinkTests
{
    private const string Invite = "SECRETSECRETSECRETSECRET";
    private static readonly string Pin = new('a', 64);

    [Theory]
    [InlineData("master.tail1234.ts.net", "invite")]
    [InlineData("100.64.1.2", null)]
    [InlineData("fd7a:115c:a1e0::1", "invite")]
    public void Parse_OfWhatToStringWrote_IsTheSame(string host, string? invite)
    {
        var link = new JoinLink(host, 4711, Pin, invite is null ? null : Invite);
        Assert.Equal(link, JoinLink.Parse($"  {link}\n"));
    }

    [Fact]
    public void Parse_OfSeveralHosts_KeepsTheirOrder()
    {
        var link = new JoinLink("master.tail1234.ts.net", 4711, Pin, Invite) { OtherHosts = ["100.64.1.2", "fd7a:115c:a1e0::1"] };
        var read = JoinLink.Parse(link.ToString());
        Assert.Equal(link.Host, read.Host);
        Assert.Equal(link.OtherHosts, read.OtherHosts);
        var many = link with { OtherHosts = [.. Enumerable.Range(0, JoinLink.MaxHosts).Select(index => $"h{index}")] };
        Assert.Equal(ErrorCode.JoinLinkInvalid, Assert.Throws<CodexportException>(() => JoinLink.Parse(many.ToString())).Code);
    }

    [Theory]
    [InlineData("", "codexport://join?")]
    [InlineData("https://join?host=a", "codexport://join?")]
    [InlineData("codexport://join?port=1&fingerprint=F&invite=I&version=1", "host")]
    [InlineData("codexport://join?host=a/b&port=1&fingerprint=F&invite=I&version=1", "host")]
    [InlineData("codexport://join?host=%5B::1%5D&port=1&fingerprint=F&invite=I&version=1", "host")]
    [InlineData("codexport://join?host=a&fingerprint=F&invite=I&version=1", "port")]
    [InlineData("codexport://join?host=a&port=0&fingerprint=F&invite=I&version=1", "port")]
    [InlineData("codexport://join?host=a&port=65536&fingerprint=F&invite=I&version=1", "port")]
    [InlineData("codexport://join?host=a&port=+1&fingerprint=F&invite=I&version=1", "port")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=abc&invite=I&version=1", "fingerprint")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=F&invite=I%20I&version=1", "invite")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=F&invite=&version=1", "invite")]
    [InlineData("codexport://join?host=a&host=A&port=1&fingerprint=F&invite=I&version=1", "host")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=F&invite=I", "version")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=F&invite=I&version=x", "version")]
    [InlineData("codexport://join?host=a&port=1&fingerprint=F&I&version=1", "part")]
    public void Parse_WhenAPartIsWrong_NamesItAndNeverTheInvite(string text, string part)
    {
        var link = text.Replace("=F", "=" + Pin, StringComparison.Ordinal).Replace("I", Invite, StringComparison.Ordinal);
        var error = Assert.Throws<CodexportException>(() => JoinLink.Parse(link));
        Assert.Equal(ErrorCode.JoinLinkInvalid, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message + error.Remedy + error.Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2&news=1", "on this machine")]
    [InlineData("0", "on the master")]
    public void Parse_OfAnotherVersion_SaysWhichSideToUpdate(string version, string side)
    {
        var error = Assert.Throws<CodexportException>(
            () => JoinLink.Parse($"codexport://join?host=a&port=1&fingerprint={Pin}&invite={Invite}&version={version}"));
        Assert.Contains(side, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://master", "master", 17342)]
    [InlineData("https://MASTER/", "MASTER", 17342)]
    [InlineData("http://master:80", "master", 80)]
    [InlineData("https://100.64.0.1:9000/", "100.64.0.1", 9000)]
    [InlineData("https://[fd7a:115c:a1e0::1]:443", "fd7a:115c:a1e0::1", 443)]
    [InlineData("https://[::1]", "::1", 17342)]
    public void FromUrls_TakesHostAndPort(string url, string host, int port)
        => Assert.Equal(new JoinLink(host, port, Pin, null), JoinLink.FromUrls([url], Pin.ToUpperInvariant(), null));

    [Theory]
    [InlineData("master:17342")]
    [InlineData("ftp://master")]
    [InlineData("http://")]
    [InlineData("http://user@master")]
    [InlineData("http://master/path")]
    [InlineData("http://master:port")]
    [InlineData("http://::1:17342")]
    [InlineData("http://[master]")]
    public void FromUrls_WhenTheUrlIsWrong_IsAUsageError(string url)
        => Assert.Equal(ErrorCode.InvalidUsage, Assert.Throws<CodexportException>(() => JoinLink.FromUrls([url], Pin, Invite)).Code);

    [Fact]
    public void FromUrls_OfSeveral_IsTheLinkThatNamesThemInThatOrder()
    {
        var link = JoinLink.FromUrls(["http://master:4711", "https://100.64.1.2:4711/", "https://[fd7a:115c:a1e0::1]:4711"], Pin, Invite);
        Assert.Equal(("master", 4711), (link.Host, link.Port));
        Assert.Equal(["100.64.1.2", "fd7a:115c:a1e0::1"], link.OtherHosts);
        Assert.Equal(JoinLink.Parse(link.ToString()).OtherHosts, link.OtherHosts);
    }

    [Theory]
    [InlineData("from 1 to 8")]
    [InlineData("twice", "http://a", "https://A")]
    [InlineData("different ports", "http://a", "http://b:1")]
    [InlineData("does not begin", "http://a", "b")]
    [InlineData("from 1 to 8", "http://a", "http://b", "http://c", "http://d", "http://e", "http://f", "http://g", "http://h", "http://i")]
    public void FromUrls_OfWhatNoLinkCouldName_IsAUsageError(string what, params string[] urls)
    {
        var error = Assert.Throws<CodexportException>(() => JoinLink.FromUrls(urls, Pin, Invite));
        Assert.Equal(ErrorCode.InvalidUsage, error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromUrls_WhenTheFingerprintIsWrong_IsAUsageError()
        => Assert.Equal(ErrorCode.InvalidUsage, Assert.Throws<CodexportException>(() => JoinLink.FromUrls(["http://m"], "abc", null)).Code);
}
