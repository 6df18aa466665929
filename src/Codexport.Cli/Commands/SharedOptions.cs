using System.CommandLine;

namespace Codexport.Cli.Commands;

/// <summary>Options that several commands take.</summary>
internal static class SharedOptions
{
    /// <summary><c>--port</c> of a server; 0, where it is allowed, lets the system choose.</summary>
    public static Option<int?> ListeningPort(int lowest = 1) => Port(
        "The port; without it the one in local.toml, else 17342. " + (lowest == 0 ? "0 lets the system choose. " : string.Empty)
            + "Links name the one in local.toml, which 'master init --port' sets.",
        lowest);

    /// <summary><c>--port</c>, up to 65535.</summary>
    public static Option<int?> Port(string description, int lowest = 1)
    {
        var option = new Option<int?>("--port") { Description = description, HelpName = "PORT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var port) || port < lowest || port > 65535))
            {
                result.AddError($"'{token.Value}' is not a port: --port takes a number from {lowest} to 65535.");
            }
        });
        return option;
    }

    /// <summary><c>--dry-run</c>.</summary>
    public static Option<bool> DryRun() => new("--dry-run")
    {
        Description = "Write and run nothing; show the files with their contents and the commands.",
    };

    /// <summary><c>--adopt</c>.</summary>
    public static Option<bool> Adopt() => new("--adopt")
    {
        Description = "Back up and replace files that are already there and differ from the master's.",
    };
}
