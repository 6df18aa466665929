using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;

namespace Codexport.Tests.Master;

public sealed class PeerFilterTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("100.64.0.0", true)]
    [InlineData("100.127.255.255", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("100.63.255.255", false)]
    [InlineData("::ffff:100.100.1.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("fd7a:115c:a1e0:ab::1", true)]
    [InlineData("fd7a:115c:a1e1::1", false)]
    [InlineData("192.168.1.5", false)]
    [InlineData("0.0.0.0", false)]
    public void Allows_ThisMachineAndTailscale(string address, bool isAllowed)
        => Assert.Equal(isAllowed, new PeerFilter([]).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.168.1.0/24", "192.168.1.5", true)]
    [InlineData("192.168.1.0/24", "192.168.2.5", false)]
    [InlineData(" 10.1.2.3 ", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("fd00:1::/32", "fd00:1:2::3", true)]
    [InlineData("10.0.0.1/8", "10.200.0.1", true)]
    [InlineData("10.0.0.1/8", "11.0.0.1", false)]
    [InlineData("fd00:1::5/32", "fd00:1:2::3", true)]
    [InlineData("fd00:1::5", "fd00:1::5", true)]
    [InlineData("0.0.0.0/0", "8.8.8.8", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    public void Allows_WhatWasAdded(string range, string address, bool isAllowed)
        => Assert.Equal(isAllowed, new PeerFilter([range]).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData("home")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    public void Range_ThatCannotBeRead_IsNamed(string range)
    {
        var error = Assert.Throws<CodexportException>(() => new PeerFilter([range]));
        Assert.Equal((ErrorCode.SettingsInvalid, range), (error.Code, error.Target));
    }
}
