using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Settings;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PhysicalFileSystem _files = new();

    private string PathOfFile => _folder["local.toml"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhenThereIsNoFile_GivesDefaults()
    {
        var settings = SettingsFile.Read(_files, PathOfFile);
        Assert.Equal(Role.None, settings.Role);
        Assert.Equal(17342, settings.Port);
        Assert.True(settings.TrustHooks);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void Read_ReadsEveryKeyInBothSpellings()
    {
        var settings = Read("""
            role = "follower"
            masterUrl = "http://m:17342"
            masterUrls = ["https://n:1", "http://m:17342"]
            master_fingerprint = "AB:CDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD"
            codexDir = "/c"
            port = 4
            admission = "open"
            allow = "10.0.0.0/8"
            allow_mcp_overrides = ["a"]
            allowSkillOverrides = ["b"]
            onDrift = "keep"
            keep = ["model", "tui.notifications"]
            auth = "never"
            trustHooks = false
            canonicalKeys = ["projects"]
            portableNames = false
            [path_variables]
            work = "/w"
            [export]
            include = ["x/**"]
            exclude = ["y"]
            roots = ["/r"]
            [timeouts]
            connect = 1
            idle = 2.5
            quick = 3
            [platform.windows]
            model = "w"
            [platform.windows.tui]
            a = 1
            """);
        Assert.Equal(Role.Follower, settings.Role);
        Assert.Equal(["http://m:17342", "https://n:1"], settings.MasterUrls);
        Assert.StartsWith("abcdef", settings.MasterFingerprint, StringComparison.Ordinal);
        Assert.Equal("/c", settings.CodexFolder);
        Assert.Equal(4, settings.Port);
        Assert.Equal(Admission.Open, settings.Admission);
        Assert.Equal(["10.0.0.0/8"], settings.AllowedPeers);
        Assert.Equal(["a"], settings.AllowMcpOverrides);
        Assert.Equal(["b"], settings.AllowSkillOverrides);
        Assert.Equal(DriftPolicy.Keep, settings.OnDrift);
        Assert.Equal(["model", "tui.notifications"], settings.Keep);
        Assert.Equal(CredentialPolicy.Never, settings.Credentials);
        Assert.False(settings.TrustHooks);
        Assert.Equal(["projects"], settings.CanonicalKeys);
        Assert.False(settings.PortableNames);
        Assert.Equal("/w", settings.PathVariables["work"]);
        Assert.Equal(["x/**"], settings.ExportInclude);
        Assert.Equal(["y"], settings.ExportExclude);
        Assert.Equal(["/r"], settings.ExportRoots);
        Assert.Equal(TimeSpan.FromSeconds(2.5), settings.IdleTimeout);
        Assert.Contains("model = \"w\"", settings.Platforms["windows"], StringComparison.Ordinal);
        Assert.Empty(settings.Warnings);
    }

    [Theory]
    [InlineData("x = 1\nport = \"a\"", "2", "8", "port")]
    [InlineData("port = 0", "1", "8", "port")]
    [InlineData("role = \"king\"", "1", "8", "\"master\"")]
    [InlineData("allow = [1]", "1", "10", "allow")]
    [InlineData("trustHooks = 1", "1", "14", "true or false")]
    [InlineData("timeouts = 3", "1", "12", "timeouts")]
    [InlineData("[timeouts]\nidle = -1", "2", "8", "timeouts.idle")]
    [InlineData("masterUrl = \"ftp://x\"", "1", "13", "masterUrl")]
    [InlineData("masterFingerprint = \"12\"", "1", "21", "64")]
    [InlineData("keep = [\"a..b\"]", "1", "9", "keep")]
    [InlineData("a = [1", "1", "5", "TOML")]
    public void Read_WhenValueIsWrong_NamesPlaceAndWhatIsExpected(string text, string line, string column, string expected)
    {
        var error = Assert.Throws<CodexportException>(() => Read(text));
        Assert.Equal(ErrorCode.SettingsInvalid, error.Code);
        Assert.Contains(KeyValuePair.Create("line", line), error.Details);
        Assert.Contains(KeyValuePair.Create("column", column), error.Details);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(PathOfFile, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alowMcpOverrides = []", "'allowMcpOverrides'")]
    [InlineData("on_drifts = \"keep\"", "'onDrift'")]
    [InlineData("[timeouts]\nconect = 1", "'timeouts.connect'")]
    public void Read_WhenKeyIsUnknown_WarnsWithNearestKey(string text, string expected)
        => Assert.Contains(expected, Assert.Single(Read(text).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Update_WhenThereIsNoFile_CreatesItWithCommentedDefaults()
    {
        SettingsFile.Update(_files, _folder["state/local.toml"], new Dictionary<string, object?> { ["role"] = "follower", ["port"] = 5L });
        var text = File.ReadAllText(_folder["state/local.toml"]);
        Assert.Contains("# onDrift = \"canonical\"", text, StringComparison.Ordinal);
        Assert.Contains("role = \"follower\"", text, StringComparison.Ordinal);
        var settings = SettingsFile.Read(_files, _folder["state/local.toml"]);
        Assert.Equal((Role.Follower, 5), (settings.Role, settings.Port));
        Assert.Empty(settings.Warnings);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["state/local.toml"]));
    }

    [Fact]
    public void Update_LeavesEveryOtherByteAndTheSpellingOfKeys()
    {
        File.WriteAllText(PathOfFile, "# top\nmaster_fingerprint = 'x'   # why\r\nport=1\n\n[pathVariables]\na = \"b\" # c");
        SettingsFile.Update(_files, PathOfFile, new Dictionary<string, object?> { ["masterFingerprint"] = "y", ["port"] = null });
        Assert.Equal("# top\nmaster_fingerprint = \"y\"   # why\r\n\n[pathVariables]\na = \"b\" # c", File.ReadAllText(PathOfFile));
    }

    private LocalSettings Read(string text)
    {
        File.WriteAllText(PathOfFile, text);
        return SettingsFile.Read(_files, PathOfFile);
    }
}
