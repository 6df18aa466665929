param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportStatus' {
    It 'tells the roles apart' {
        (Get-CodexportStatus -HomePath $master.Home).Role | Should -Be 'master'
        (Get-CodexportStatus -HomePath $follower).Role | Should -Be 'follower'
        (Get-CodexportStatus -HomePath (New-TestHome (Join-Path $TestDrive 'none'))).Role | Should -Be 'none'
    }

    It 'asks nobody and changes nothing' {
        $before = Get-Snapshot $TestDrive
        (Get-CodexportStatus -HomePath $follower).Revision | Should -Be (Get-CodexportStatus -HomePath $master.Home).Revision
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'reads dates as dates' {
        (Get-CodexportStatus -HomePath $follower).LastSync | Should -BeOfType [DateTime]
    }

    It 'writes what the program prints: <Name>' -ForEach @(
        @{ Name = 'a master'; Which = { $master.Home } }
        @{ Name = 'a follower'; Which = { $follower } }
        @{ Name = 'neither'; Which = { New-TestHome (Join-Path $TestDrive 'neither') } }
    ) {
        $userHome = & $Which
        Assert-SameJson (Get-CodexportStatus -HomePath $userHome -WarningAction Ignore) (Get-ProgramJson $ProgramPath $userHome 'status')
    }

    It 'tells of a follower whether a changed key is followed' {
        (Get-CodexportStatus -HomePath $follower).FollowsKeyRotation | Should -BeFalse
        Reset-CodexportTrust -Follow -HomePath $follower -Confirm:$false
        $result = Get-CodexportStatus -HomePath $follower
        $result.FollowsKeyRotation | Should -BeTrue
        $result | Out-String | Should -Match 'FollowsKeyRotation\s*: True'
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $follower 'status')
        Reset-CodexportTrust -NoFollow -HomePath $follower -Confirm:$false
        (Get-CodexportStatus -HomePath $master.Home).FollowsKeyRotation | Should -Be $null
    }

    It 'names the parts of the setup that are taken, and diff those that are not' {
        (Get-CodexportStatus -HomePath $follower).Categories | Should -HaveCount 10
        $settings = Get-Content -Raw $follower/.codexport/local.toml
        try {
            Set-Content $follower/.codexport/local.toml "$settings`n[follow]`ncategories = ['skills', 'mcp']`n" -NoNewline
            $result = Get-CodexportStatus -HomePath $follower -WarningAction Ignore
            $result.Categories | Should -Be 'Skills', 'Mcp'
            Assert-SameJson $result (Get-ProgramJson $ProgramPath $follower 'status')
            $result | Format-List | Out-String | Should -Match 'Categories\s*: Skills, Mcp'
            Compare-CodexportFollower -HomePath $follower -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
            $warnings | Should -Contain 'Not taken from the master, as categories under [follow] in local.toml says: config, instructions, agents, prompts, rules, hooks, plugins, credentials.'
        } finally {
            Set-Content $follower/.codexport/local.toml $settings -NoNewline
        }
    }

    It 'names drift' {
        Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
        (Get-CodexportStatus -HomePath $follower -WarningAction Ignore).Drift | Should -Be 'skills/one/SKILL.md'
    }

    It 'is shown as a list, and has a table' {
        $result = Get-CodexportStatus -HomePath $follower -WarningAction Ignore
        Assert-View $result 'Codexport.Engine.Results.StatusResult'
        $result | Out-String | Should -BeLike '*Fingerprint*:*Drift*: skills/one/SKILL.md*'
    }

    It 'names broken settings' {
        $broken = New-Item -ItemType Directory (Join-Path $TestDrive 'broken/.codexport')
        Set-Content $broken/local.toml 'role = '
        $record = Get-ErrorOf { Get-CodexportStatus -HomePath $broken.Parent.FullName }
        Assert-Error $record 'Get-CodexportStatus' 'SettingsInvalid' 'InvalidData' (Join-Path $broken 'local.toml')
    }
}

Describe 'the paths of every cmdlet' {
    It 'are those of PowerShell''s drives and current location' {
        New-PSDrive -Name homes -PSProvider FileSystem -Root $TestDrive | Out-Null
        (Get-CodexportStatus -HomePath homes:/follower -WarningAction Ignore).Role | Should -Be 'follower'
        Push-Location $TestDrive
        try { (Get-CodexportStatus -HomePath ./follower -WarningAction Ignore).Role | Should -Be 'follower' } finally { Pop-Location }
    }

    It 'are taken as they are written' {
        $odd = New-TestHome (Join-Path $TestDrive 'odd [1] *'.Replace('*', $IsWindows ? 'x' : '*'))
        (Get-CodexportStatus -HomePath $odd).CodexFolder | Should -Be (Join-Path $odd '.codex')
        (Get-CodexportStatus -HomePath $TestDrive -CodexPath (Join-Path $odd '.codex')).CodexFolder | Should -Be (Join-Path $odd '.codex')
    }

    It 'of another provider are refused' {
        Assert-Error (Get-ErrorOf { Get-CodexportStatus -HomePath Env:/HOME }) 'Get-CodexportStatus' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
        Assert-Error (Get-ErrorOf { Get-CodexportStatus -CodexPath Env:/HOME }) 'Get-CodexportStatus' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
    }

    It 'are not empty' {
        (Get-ErrorOf { Get-CodexportStatus -HomePath '' }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}
