using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Tests.Follower;

public sealed class MasterAddressTests
{
    [Theory]
    [InlineData("https://master:17342", "master", 17342)]
    [InlineData("http://master", "master", 17342)]
    [InlineData("HTTPS://Master.tail.ts.net:443/", "Master.tail.ts.net", 443)]
    [InlineData("https://100.64.0.1:1", "100.64.0.1", 1)]
    [InlineData("https://[fd7a:115c:a1e0::1]:65535", "fd7a:115c:a1e0::1", 65535)]
    [InlineData("https://[::1]", "::1", 17342)]
    public void Parse_WhenRight_GivesHostAndPort(string url, string host, int port)
    {
        var address = MasterAddress.Parse(url);
        Assert.Equal((host, port), (address.Host, address.Port));
        Assert.Equal(address, MasterAddress.Parse(address.Url));
    }

    [Theory]
    [InlineData("")]
    [InlineData("master:17342")]
    [InlineData("ftp://master")]
    [InlineData("https://")]
    [InlineData("https://master:0")]
    [InlineData("https://master:65536")]
    [InlineData("https://master:+1")]
    [InlineData("https://user@master")]
    [InlineData("https://master/path")]
    [InlineData("https://master\r\nX-Injected: 1")]
    [InlineData("https://[::1")]
    [InlineData("https://::1")]
    public void Parse_WhenWrong_IsRefused(string url)
        => Assert.Equal(ErrorCode.SettingsInvalid, Assert.Throws<CodexportException>(() => MasterAddress.Parse(url)).Code);

    [Fact]
    public void Clean_TakesOutWhatCouldFoolATerminal()
    {
        Assert.Equal("[2J text", MasterErrors.Clean("\u001b[2J\ttext\u202e"));
        Assert.Equal(201, MasterErrors.Clean(new string('x', 5000)).Length);
        Assert.Equal(string.Empty, MasterErrors.Clean("\ud800"));
        Assert.Equal(string.Empty, MasterErrors.Clean(null));
    }
}
