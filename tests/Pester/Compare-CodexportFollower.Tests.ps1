param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    Add-Content $master/.codex/config.toml "`n[mcp_servers.github]`ncommand = `"gh`"`n[mcp_servers.`"odd name`"]`ncommand = `"x`""
    $master = New-TestMaster $ProgramPath $master
    Set-Content "$($master.Home)/.codex/config.toml" "model = `"gpt-5-codex`"`n[mcp_servers.github]`ncommand = `"gh`"`n[mcp_servers.`"odd name`"]`ncommand = `"x`""
    Update-CodexportBundle -HomePath $master.Home
    $published = (Get-CodexportStatus -HomePath $master.Home).Revision
    $follower = Join-Path $TestDrive 'follower'
    New-Item -ItemType Directory $follower | Out-Null
    Wait-Until { (Join-CodexportFollower $master.Link -StageOnly -HomePath $follower).Revision -eq $published }
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Compare-CodexportFollower' {
    It 'shows what an apply would do, and does none of it' {
        $before = Get-Snapshot $TestDrive
        $changes = Compare-CodexportFollower -HomePath $follower
        $changes.Path | Should -Contain 'skills/one/SKILL.md'
        $changes.Where{ $_.Path -eq 'skills/one/SKILL.md' }.Action | Should -Be 'Add'
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'completes the names of MCP servers, in quotes where PowerShell needs them' {
        Install-CodexportRevision -HomePath $follower
        Set-Content $follower/.codexport/mcps.local.toml "[mcp_servers.local]`ncommand = `"y`""
        $line = "Compare-CodexportFollower -HomePath '$follower' -McpServer "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'github', "'odd name'", 'local'
        $line += 'gi'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'github'
    }

    It 'shows what concerns an MCP server alone, wildcards taken' {
        (Compare-CodexportFollower local -HomePath $follower).Key | Should -Be 'mcp_servers.local'
        (Get-Content -Raw $follower/.codex/config.toml) -replace '"gh"', '"mine"' | Set-Content $follower/.codex/config.toml
        (Compare-CodexportFollower -McpServer git*, none -HomePath $follower).Key | Should -Be 'mcp_servers.github'
        @(Compare-CodexportFollower * -HomePath $follower).Count | Should -Be 2
        Compare-CodexportFollower none -HomePath $follower | Should -BeNullOrEmpty
    }

    It 'names what was changed here' {
        Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
        (Compare-CodexportFollower -HomePath $follower | Where-Object Reason -EQ Drift).Path | Should -Contain 'skills/one/SKILL.md'
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Compare-CodexportFollower -HomePath $follower) (Get-ProgramJson $ProgramPath $follower 'diff').changes
    }

    It 'has a table and a list' {
        Assert-View (Compare-CodexportFollower -HomePath $follower) 'Codexport.Engine.Results.ChangeInfo'
    }

    It 'needs a follower' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Compare-CodexportFollower -HomePath $none }) 'Compare-CodexportFollower' 'NotFollower' 'InvalidOperation' $none
    }
}
