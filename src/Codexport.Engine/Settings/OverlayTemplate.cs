using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Settings;

/// <summary>Makes the places where a person puts what is theirs, so that they are found: what is there already is not touched.</summary>
internal static class OverlayTemplate
{
    private const string Servers = """
        # MCP servers of this machine alone, written as in config.toml; they are added to the master's.
        # A server with the name of one of the master's needs that name in allowMcpOverrides of local.toml.
        #
        # [mcp_servers.notes]
        # command = "notes-server"
        # args = ["--folder", "/home/me/notes"]

        # Beside this file: skills/NAME/ holds skills of this machine alone, and overrides/ replaces what the master sends,
        # file by file (overrides/AGENTS.md), skill by skill (overrides/skills/NAME/) and key by key (overrides/config.toml).

        """;

    internal static void Create(EngineContext context)
    {
        context.Files.CreateDirectory(context.Home.LocalSkillsFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.OverridesFolder, FilePermission.Private);
        if (context.Files.TryGetEntry(context.Home.LocalServersFile) is null)
        {
            AtomicFile.Write(context.Files, context.Home.LocalServersFile, Encoding.UTF8.GetBytes(Servers), FilePermission.Private);
        }
    }
}
