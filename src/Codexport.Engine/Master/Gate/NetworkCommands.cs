using System.Text.RegularExpressions;

namespace Codexport.Engine.Master.Gate;

/// <summary>
/// Tells whether a command line fetches from the network: programs that download, package runners that run what they download, what is
/// piped into an interpreter. It looks for words, not for meaning: whoever wants to hide a download can. What it finds, a person looks at.
/// </summary>
internal static partial class NetworkCommands
{
    private static readonly (Regex Pattern, string What)[] Patterns =
    [
        (Pipe(), "pipes what it fetches into an interpreter"),
        (Downloader(), "fetches from the network"),
        (Runner(), "runs a package that it fetches from a registry"),
        (Installer(), "installs a package from a registry"),
        (Clone(), "fetches a repository"),
        (Container(), "runs an image that it may fetch from a registry"),
        (RemoteScript(), "runs a script from the network"),
        (Socket(), "opens a connection"),
    ];

    /// <summary>What a command line does, as the end of a sentence; null when it fetches nothing that is known.</summary>
    public static string? Judge(string command)
    {
        foreach (var (pattern, what) in Patterns)
        {
            if (pattern.IsMatch(command) && !(pattern == Runner() && IsLocal(command)))
            {
                return what;
            }
        }

        return null;
    }

    // A path, or the option that forbids downloads.
    private static bool IsLocal(string command) => LocalRunner().IsMatch(command);

    private const string Start = @"(?<![\w.-])";
    private const string End = @"(?![\w-])";
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(Start + @"(?:curl|wget|fetch|iwr|irm|invoke-webrequest|invoke-restmethod)(?:\.exe)?" + End
        + @"[^|;&]*\|\s*(?:sudo\s+|env\s+)*(?:\S*/)?(?:sh|bash|zsh|dash|ksh|fish|python[\d.]*|perl|ruby|node|deno|iex|invoke-expression|pwsh|powershell)(?:\.exe)?" + End, Options)]
    private static partial Regex Pipe();

    [GeneratedRegex(Start + @"(?:curl|wget|aria2c|lynx|httpie|iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|bitsadmin|scp|sftp|rsync|ftp|tftp)(?:\.exe)?" + End
        + @"|" + Start + @"certutil(?:\.exe)?\s.*-urlcache|net\.webclient|downloadstring|downloadfile|urllib\.request|urlretrieve|requests\.get\(|" + Start + @"https?\s+(?:get|post)?\s*\S+://", Options)]
    private static partial Regex Downloader();

    [GeneratedRegex(Start + @"(?:npx|bunx|uvx|pnpx)(?:\.cmd|\.exe)?" + End + @"|" + Start
        + @"(?:npm\s+(?:exec|x)|pnpm\s+dlx|yarn\s+dlx|bun\s+x|uv\s+tool\s+run|uv\s+run\s+--with|pipx\s+run|dnx|dotnet\s+tool\s+(?:exec|execute))" + End + @"|" + Start + @"go\s+run\s+\S+@\S", Options)]
    private static partial Regex Runner();

    [GeneratedRegex(@"(?:npx|npm\s+exec)(?:\.cmd|\.exe)?\s+(?:--no-install|--no|--offline)(?=\s)|(?:npx|bunx|uvx|pnpx)(?:\.cmd|\.exe)?\s+(?:(?:--from|--package)[ =])?(?:\./|\.\./|/|~/|\$\{|[a-z]:\\)|uvx?\s+(?:\S+\s+)*--offline" + End, Options)]
    private static partial Regex LocalRunner();

    [GeneratedRegex(Start + @"(?:(?:pip[\d.]*|uv\s+pip|pipx|uv\s+tool|npm|pnpm|bun|yarn|cargo|go|gem|brew|apt|apt-get|dnf|apk|choco|winget|scoop|dotnet\s+tool)\s+(?:-\S+\s+)*(?:install|i|add|update)|install-module|install-package|install-psresource)" + End, Options)]
    private static partial Regex Installer();

    [GeneratedRegex(Start + @"(?:git\s+(?:-\S+\s+)*(?:clone|pull|fetch|submodule\s+update)|gh\s+(?:repo\s+clone|api|release\s+download)|svn\s+(?:co|checkout|export))" + End, Options)]
    private static partial Regex Clone();

    [GeneratedRegex(Start + @"(?:docker|podman|nerdctl)(?:\.exe)?\s+(?:-\S+\s+)*(?:run|pull|container\s+run)" + End, Options)]
    private static partial Regex Container();

    [GeneratedRegex(Start + @"(?:deno\s+run|bun\s+run|python[\d.]*|node|ruby|perl|pwsh|powershell|mshta|rundll32|regsvr32)(?:\.exe)?\s.*https?://|<\(\s*(?:curl|wget)", Options)]
    private static partial Regex RemoteScript();

    [GeneratedRegex(Start + @"(?:nc|ncat|netcat|socat|telnet)(?:\.exe)?" + End + @"|/dev/(?:tcp|udp)/|tcpclient", Options)]
    private static partial Regex Socket();
}
