using Codexport.Engine.Homes;
using Codexport.Engine.Results;
using Codexport.Engine.Shells;

namespace Codexport.Tests.Platform;

/// <summary>Where the shells' files lie: those of the person, or of a home that was named in its place.</summary>
public sealed class ShellFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ShellKind.Bash, "own/.bashrc", "named/.bashrc")]
    [InlineData(ShellKind.Zsh, "zsh/.zshrc", "named/.zshrc")]
    [InlineData(ShellKind.Fish, "config/fish/config.fish", "named/.config/fish/config.fish")]
    [InlineData(ShellKind.Pwsh, "onedrive/Dokumente/PowerShell/profile.ps1", "named/Documents/PowerShell/profile.ps1")]
    public void Install_WithANamedHome_LeavesThePersonsOwnFilesAlone(ShellKind shell, string own, string named)
    {
        Assert.Equal(Full(own), Open("own").Install(shell).File);
        var before = File.ReadAllText(Full(own));
        Assert.Equal(Full(named), Open("named").Install(shell).File);
        Assert.Equal(before, File.ReadAllText(Full(own)));
        Assert.True(File.Exists(Full(named)));
        Assert.Equal(Full(named), Open("named").Uninstall(shell).File);
        Assert.False(File.Exists(Full(named)));
    }

    [Fact]
    public void Pwsh_WhereItKeepsItsProfileInConfig_FollowsThePersonsVariableForTheirOwnHomeAlone()
    {
        Assert.Equal(Full("config/powershell/profile.ps1"), FileOf("own"));
        Assert.Equal(Full("named/.config/powershell/profile.ps1"), FileOf("named"));

        string FileOf(string home) => (Open(home) with { Documents = null }).Status(ShellKind.Pwsh).File;
    }

    private string Full(string relative) => Path.GetFullPath(_folder[relative]);

    private Opened Open(string home) => new(_folder, home) { Documents = () => Full("onedrive/Dokumente") };

    private sealed record Opened(TemporaryFolder Folder, string Home)
    {
        public Func<string>? Documents { get; init; }

        private ShellOperations Shells => new(
            new EngineContext(new CodexportHome(Folder[Home], Path.Join(Folder[Home], ".codex")), new Engine.Platform.Files.PhysicalFileSystem(), TimeProvider.System)
            {
                Environment = name => name switch
                {
                    "HOME" or "USERPROFILE" => Folder["own"],
                    "XDG_CONFIG_HOME" => Folder["config"],
                    "ZDOTDIR" => Folder["zsh"],
                    _ => null,
                },
            })
        {
            Program = Path.Join(Folder.Path, "codexport"),
            Documents = Documents,
        };

        public ShellIntegrationInfo Install(ShellKind shell) => Shells.Install(shell);

        public ShellIntegrationInfo Uninstall(ShellKind shell) => Shells.Uninstall(shell);

        public ShellIntegrationInfo Status(ShellKind shell) => Shells.GetStatus().Single(item => item.Shell == shell);
    }
}
